/** Components of React with a test relay. @module */

export { flushRelay } from './react/flush.js'
export {
  type RenderedWithRelay,
  type RenderWithRelayOptions,
  relayWrapper,
  renderWithRelay,
} from './react/render-with-relay.js'
