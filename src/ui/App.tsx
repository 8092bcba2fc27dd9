import '@mantine/core/styles.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { openLab } from '../session/pageLab';
import { DropCatcher } from './data/DropCatcher';
import { LabContext } from './lab';
import { ErrorBoundary } from './layout/ErrorBoundary';
import { Page } from './layout/Page';
import { colorSchemeManager, theme } from './theme';

const lab = openLab(window);

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <ErrorBoundary>
        <LabContext value={lab}>
          <DropCatcher>
            <Page />
          </DropCatcher>
        </LabContext>
      </ErrorBoundary>
    </MantineProvider>
  );
}
