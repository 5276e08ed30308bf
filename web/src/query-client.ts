import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api/client.ts'
import { refresher } from './live/refresher.ts'

/** Answers of the server, kept per page; the live stream says when they are out of date. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: true,
      // The server said no: asking again changes nothing. An unreachable one is asked twice more.
      retry: (failures, error) => (error instanceof ApiError && error.status !== 0 && error.status < 500 ? false : failures < 2),
    },
    mutations: { retry: false },
  },
})

/** For what the server says, or what was done here, changed. */
export const refresh = refresher(queryClient)
