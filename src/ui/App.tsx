import '@mantine/core/styles.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import type { Lab } from '../session/lab';
import { DropCatcher } from './data/DropCatcher';
import { Keys } from './keys/Keys';
import { LabContext } from './lab';
import { ErrorBoundary } from './layout/ErrorBoundary';
import { Page } from './layout/Page';
import { useTabTitle } from './status/useTabTitle';
import { colorSchemeManager, theme } from './theme';

/** The whole page, showing and controlling a lab that is open already. */
export function App({ lab }: { readonly lab: Lab }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <ErrorBoundary>
        <LabContext value={lab}>
          <DropCatcher>
            <Page />
          </DropCatcher>
          <Keys />
          <TabTitle />
        </LabContext>
      </ErrorBoundary>
    </MantineProvider>
  );
}

/** A component of its own, since it renders at every measurement. */
function TabTitle() {
  useTabTitle();
  return null;
}
