import '@mantine/core/styles.layer.css'
import './styles/mantine.css'
import {
  createTheme,
  defaultVariantColorsResolver,
  MantineProvider,
  type MantineThemeOverride,
  type VariantColorsResolver,
} from '@mantine/core'
import { type ComponentType, createElement, type ReactNode, useMemo } from 'react'
import { decimalMark } from './format/decimal-mark.ts'
import { useLanguage } from './i18n/language.ts'
import { LOCALES } from './i18n/translate.ts'
import { useScheme } from './scheme.ts'

/** Filled buttons take ground and ink from the tokens: the ink differs between the schemes, which Mantine cannot know. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const name = input.color ?? 'accent'
  if (input.variant !== 'filled' || (name !== 'accent' && name !== 'critical')) return colors
  const hover = `color-mix(in srgb, var(--${name}) 88%, var(--text))`
  return { ...colors, background: `var(--${name})`, hover, color: `var(--on-${name})` }
}

const theme = createTheme({
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

/** Numbers are written in fields as they are shown beside them; both marks are taken. */
function themeOf(mark: string): MantineThemeOverride {
  return { ...theme, components: { ...theme.components, NumberInput: { defaultProps: { decimalSeparator: mark } } } }
}

/** The server's content security policy lets in style elements that carry it. */
const styleNonce = document.querySelector('meta[name=style-nonce]')?.getAttribute('content') ?? ''

/**
 * Mantine for what is below. The pages that must open on a slow phone at night do without it; the others and all dialogs bring it along.
 */
export function Mantine({ children }: { children: ReactNode }): ReactNode {
  const mark = decimalMark(LOCALES[useLanguage()])
  return (
    <MantineProvider
      theme={useMemo(() => themeOf(mark), [mark])}
      withCssVariables={false}
      withGlobalClasses={false}
      forceColorScheme={useScheme()}
      getStyleNonce={() => styleNonce}
    >
      {children}
    </MantineProvider>
  )
}

/** @returns the page below Mantine */
export function inMantine<Props extends object>(page: ComponentType<Props>): ComponentType<Props> {
  return (props) => <Mantine>{createElement(page, props)}</Mantine>
}
