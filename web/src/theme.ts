import { type MantineColorSchemeManager, type VariantColorsResolver, createTheme, defaultVariantColorsResolver } from '@mantine/core'

/** What the user chose; `auto` follows the system. Kept in the browser, read before the first paint by public/theme.js. */
export type ThemeChoice = 'light' | 'dark' | 'auto'
const KEY = 'synctide.theme'

/** Filled buttons take ground and ink from the tokens: the ink differs between the schemes, which Mantine cannot know. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const name = input.color ?? 'accent'
  if (input.variant !== 'filled' || (name !== 'accent' && name !== 'critical')) return colors
  const hover = `color-mix(in srgb, var(--${name}) 88%, var(--text))`
  return { ...colors, background: `var(--${name})`, hover, color: `var(--on-${name})` }
}

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  components: {
    // Their own lock of the page writes a style element, which the policy refuses; styles/mantine.css locks it.
    ...Object.fromEntries(['Modal', 'ModalRoot', 'Drawer', 'DrawerRoot'].map((name) => [name, { defaultProps: { lockScroll: false } }])),
    // Hints below their fields, so that the fields of a row stand on one line.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
  },
  variantColorResolver: variantColors,
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  colors: {
    accent: ['#e8f1fb', '#cfe2f6', '#a5cbf4', '#77b6f7', '#4c91d6', '#2f74bb', '#1d5fa6', '#184f8b', '#123f70', '#0d2f54'],
    critical: ['#fdebed', '#f9c9ce', '#ff9aa0', '#ff6b73', '#e8434f', '#d6182f', '#c4001d', '#a30018', '#820013', '#61000e'],
  },
})

/** @returns the stored choice; `auto` when there is none or storage is switched off. */
export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'auto'
  } catch {
    return 'auto'
  }
}

function store(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // Storage switched off: the choice lasts as long as the page.
  }
}

export const schemeManager: MantineColorSchemeManager = {
  get: themeChoice,
  set: store,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => store('auto'),
}
