// The page's own styles: a component is measured and clicked as it lies on the page.
import '@mantine/core/styles.css';
import '../../../src/ui/theme.css';
