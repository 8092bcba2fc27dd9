// The page's styles, so that components have the same layout as on the page.
import '@mantine/core/styles.css';
import '../../../src/ui/theme.css';
