import {
  Button,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Menu,
  Modal,
  NativeSelect,
  NumberInput,
  Switch,
  Tooltip,
} from '@mantine/core';

/** Ten shades of the one accent: 6 is the light scheme's, 4 the dark scheme's. */
const accent: MantineColorsTuple = [
  '#eef1fd',
  '#dbe1fa',
  '#b5c1f3',
  '#8da0ee',
  '#8aa4ff',
  '#4a66dd',
  '#2b50d6',
  '#2344bd',
  '#1d379c',
  '#152a7d',
];

/** Greys of the dark scheme, slightly blue like the page's background; 0 is the lightest. */
const dark: MantineColorsTuple = [
  '#e9ebf1',
  '#c3c8d4',
  '#a0a6b6',
  '#767d8f',
  '#3a3f4b',
  '#2d313b',
  '#23272f',
  '#1c1f26',
  '#14161b',
  '#0f1115',
];

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.33,
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  components: {
    Button: Button.extend({
      // The dark scheme's accent is light and needs dark text; Mantine chooses the text colour by the light scheme's accent.
      vars: (_, { variant = 'filled' }) => ({
        root:
          variant === 'filled'
            ? { '--button-color': 'var(--lab-on-accent)', '--button-hover': 'var(--lab-accent-strong)' }
            : {},
      }),
    }),
    Menu: Menu.extend({
      defaultProps: {
        position: 'bottom-end',
        transitionProps: { duration: 0 },
        // Rendered inside its landmark; without the placeholder, the first item gets the focus.
        withinPortal: false,
        withInitialFocusPlaceholder: false,
      },
    }),
    // A dialog's header is a `header` element, which beside the page's own would be a second banner.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: 'presentation' } } } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'sm' } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: 'sm' } }),
    Switch: Switch.extend({
      defaultProps: { size: 'sm' },
      styles: {
        body: { position: 'relative' },
        // The invisible checkbox covers the switch, so that the clicked element has the name and the role.
        input: {
          position: 'absolute',
          inset: 0,
          zIndex: 1,
          width: '100%',
          height: '100%',
          margin: 0,
          cursor: 'pointer',
        },
      },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        multiline: true,
        w: 260,
        withArrow: true,
        events: { hover: true, focus: true, touch: true },
        transitionProps: { duration: 0 },
      },
    }),
  },
});

/** The key is the same as in public/colorScheme.js, which sets the scheme before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'simsiam-lab-color-scheme' });
