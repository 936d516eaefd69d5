import type { Client } from '@wildcast/client'
import { type ReactNode, StrictMode } from 'react'
import { render } from 'vitest-browser-react'
import { WildcastProvider } from '../provider.js'

/** A component under test, in StrictMode, with a client around it. */
export interface Within {
  /** Renders it again with other children; nothing where there are none. */
  show(children: ReactNode): Promise<void>
  unmount(): Promise<void>
  readonly container: HTMLElement
}

export async function within(client: Client, children: ReactNode): Promise<Within> {
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
