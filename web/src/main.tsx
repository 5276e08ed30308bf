import '@fontsource-variable/inter/index.css'
import '@mantine/core/styles.css'
import './styles/tokens.css'
import './styles/mantine.css'
import './styles/base.css'
import './styles/widgets.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from './i18n/language.ts'
import { queryClient } from './query-client.ts'
import { router } from './router.tsx'
import { schemeManager, theme } from './theme.ts'
import { Notices } from './widgets/notices.tsx'

// After an upgrade the old page asks for files that are gone: take the new page.
window.addEventListener('vite:preloadError', () => window.location.reload())

/** The server's content security policy lets in style elements that carry it. */
const styleNonce = document.querySelector('meta[name=style-nonce]')?.getAttribute('content') ?? ''

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
await startLanguage()
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
