import type { Client } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import type { ComponentType, PropsWithChildren, ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { TestRelay } from '../test-relay.js'
import { acting, flushRelay } from './flush.js'

/** Options of `renderWithRelay`. */
export interface RenderWithRelayOptions {
  readonly relay: TestRelay
  /** @default a new one of the relay */
  readonly client?: Client | undefined
  /** @default a new element at the end of the page */
  readonly container?: HTMLElement | undefined
}

/** What `renderWithRelay` has rendered. */
export interface RenderedWithRelay {
  readonly client: Client
  readonly container: HTMLElement
  /** Renders something else in its place. */
  rerender(ui: ReactNode): Promise<void>
  /** Lets time pass and messages arrive, and waits for the hooks: see `flushRelay`. */
  flush(ms?: number): Promise<void>
  /** Removes it from the page. */
  unmount(): Promise<void>
}

/**
 * Returns a component that gives its children a client of the relay: the `wrapper` of Testing
 * Library, or a decorator of Storybook.
 * @example
 * render(<Goods />, { wrapper: relayWrapper(relay) })
 */
export function relayWrapper(
  relay: TestRelay,
  client: Client = relay.createClient(),
): ComponentType<PropsWithChildren> {
  return ({ children }) => <WildcastProvider client={client}>{children}</WildcastProvider>
}

/**
 * Renders with a client of the relay, and waits until its subscriptions are confirmed.
 * @example
 * const { container, flush } = await renderWithRelay(<Goods />, { relay })
 * await relay.publish('good.apple', { price: 3 })
 * await flush()
 * expect(container.textContent).toContain('3')
 */
export async function renderWithRelay(ui: ReactNode, options: RenderWithRelayOptions): Promise<RenderedWithRelay> {
  const { relay, client = relay.createClient() } = options
  const container = options.container ?? document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const rerender = async (inner: ReactNode): Promise<void> => {
    await acting(() => root.render(<WildcastProvider client={client}>{inner}</WildcastProvider>))
    await flushRelay(relay)
  }
  await rerender(ui)
  return {
    client,
    container,
    rerender,
    flush: (ms) => flushRelay(relay, ms),
    async unmount() {
      await acting(() => root.unmount())
      if (!options.container) container.remove()
    },
  }
}
