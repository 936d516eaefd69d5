import type { Client, ClientCore } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import type { ComponentType, PropsWithChildren, ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { TestRelay } from '../test-relay.js'
import { acting, flushRelay } from './flush.js'

/** Options of `renderWithRelay`. */
export interface RenderWithRelayOptions {
  readonly relay: TestRelay
  /** @default a new one of the relay, with its contract */
  readonly client?: ClientCore | undefined
  /** @default a new element at the end of the page */
  readonly container?: HTMLElement | undefined
}

/** The result of `renderWithRelay`. */
export interface RenderedWithRelay<Used extends ClientCore = Client> {
  readonly client: Used
  readonly container: HTMLElement
  /** Renders something else in its place. */
  rerender(ui: ReactNode): Promise<void>
  /** Lets time pass and messages arrive, and waits for the hooks: see `flushRelay`. */
  flush(ms?: number): Promise<void>
  /** Removes it from the page. */
  unmount(): Promise<void>
}

/**
 * Returns a component that gives its children a client of the relay, with its contract: the
 * `wrapper` of Testing Library, or a decorator of Storybook.
 * @example
 * render(<Goods />, { wrapper: relayWrapper(relay) })
 */
export function relayWrapper(relay: TestRelay, client: ClientCore = clientOf(relay)): ComponentType<PropsWithChildren> {
  return ({ children }) => <WildcastProvider client={client}>{children}</WildcastProvider>
}

const clientOf = (relay: TestRelay): Client => relay.createClient({ contract: relay.contract })

/** Renders with a client of the relay, and returns this client with its types. */
export function renderWithRelay<Used extends ClientCore>(
  ui: ReactNode,
  options: RenderWithRelayOptions & { readonly client: Used },
): Promise<RenderedWithRelay<Used>>
/**
 * Renders with a client of the relay, and waits until its subscriptions are confirmed.
 * @throws {TypeError} if there is no `document`
 * @example
 * const { container, flush } = await renderWithRelay(<Goods />, { relay })
 * await relay.publish('good.apple', { price: 3 })
 * await flush()
 * expect(container.textContent).toContain('3')
 */
export function renderWithRelay(ui: ReactNode, options: RenderWithRelayOptions): Promise<RenderedWithRelay>
export async function renderWithRelay(
  ui: ReactNode,
  options: RenderWithRelayOptions,
): Promise<RenderedWithRelay<ClientCore>> {
  if (!globalThis.document)
    throw new TypeError('there is no document: install jsdom, and begin the test with // @vitest-environment jsdom')
  const { relay, client = clientOf(relay) } = options
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
