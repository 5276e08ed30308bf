import { type ComponentType, createElement, lazy, type ReactNode, Suspense } from 'react'

/** A component whose code is fetched when it is first drawn: dialogs and sheets, which most visits of a page never open. */
export function onDemand<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => ReactNode {
  const Late = lazy(async () => ({ default: await load() }))
  return (props) => <Suspense fallback={null}>{createElement(Late, props)}</Suspense>
}
