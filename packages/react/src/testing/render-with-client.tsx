import type { ClientCore } from '@wildcast/client'
import { type ReactNode, StrictMode } from 'react'
import { render } from 'vitest-browser-react'
import { WildcastProvider } from '../provider.js'

/** A component under test, rendered in StrictMode with a client around it. */
export interface RenderedView {
  /** Renders other children in its place, or none. */
  show(children: ReactNode): Promise<void>
  unmount(): Promise<void>
  readonly container: HTMLElement
}

/** Renders a component in StrictMode with a client around it. */
export async function renderWithClient(client: ClientCore, children: ReactNode): Promise<RenderedView> {
  const wrap = (inner: ReactNode): ReactNode => (
    <StrictMode>
      <WildcastProvider client={client}>{inner}</WildcastProvider>
    </StrictMode>
  )
  const { rerender, unmount, container } = await render(wrap(children))
  return {
    container,
    unmount: async () => {
      await unmount()
    },
    show: async (inner) => {
      await rerender(wrap(inner))
    },
  }
}
