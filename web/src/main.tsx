import '@fontsource-variable/inter/index.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/widgets.css'
import './widgets/controls/controls.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from './i18n/language.ts'
import { queryClient } from './query-client.ts'
import { router } from './router.tsx'
import { takeNewPage } from './take-new-page.ts'
import { Notices } from './widgets/notices.tsx'

window.addEventListener('vite:preloadError', () => void takeNewPage())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
await startLanguage()
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Notices />
    </QueryClientProvider>
  </StrictMode>,
)
