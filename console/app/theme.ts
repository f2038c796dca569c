import { createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e8f5f5',
  '#d0eaeb',
  '#a5d6d8',
  '#76c1c4',
  '#4fadb2',
  '#2d959b',
  '#16808a',
  '#0f6c75',
  '#0d5962',
  '#0a464e',
];

const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#f0f1f3',
  '#e4e6ea',
  '#d3d6dc',
  '#b4b9c2',
  '#7e8592',
  '#5c6370',
  '#474e5b',
  '#343a45',
  '#1c2027',
];

const dark: MantineColorsTuple = [
  '#e6e8ec',
  '#c3c8d0',
  '#a2a9b5',
  '#8b929e',
  '#4a515d',
  '#363c46',
  '#272c34',
  '#1a1d23',
  '#15181d',
  '#101216',
];

/** Dark enough for white words on it. */
const red: MantineColorsTuple = [
  '#fff1f0',
  '#ffe0de',
  '#ffc4c0',
  '#ff9c92',
  '#f97066',
  '#e5483d',
  '#c7342a',
  '#b42318',
  '#912018',
  '#7a1b14',
];

/** Type and spacing of the product: 12 13 14 16 20 24 px on a 4 px grid. */
export const theme = createTheme({
  colors: { accent, gray, dark, red },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.3', sm: '1.4', md: '1.5', lg: '1.5', xl: '1.3' },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 32 } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, events: { hover: true, focus: true, touch: false } } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false, transitionProps: { duration: 120 } } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', padding: 'lg', transitionProps: { duration: 150 } },
      styles: { title: { fontSize: '1rem', fontWeight: 600, lineHeight: 1.3, overflowWrap: 'anywhere' } },
    },
    Drawer: {
      defaultProps: { position: 'right', padding: 'lg', transitionProps: { duration: 150 } },
      styles: { title: { fontSize: '1rem', fontWeight: 600, lineHeight: 1.3, overflowWrap: 'anywhere' } },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    // Inside a landmark, as everything on the page.
    Portal: { defaultProps: { target: '#floating' } },
    TextInput: { defaultProps: { size: 'sm' } },
  },
});
