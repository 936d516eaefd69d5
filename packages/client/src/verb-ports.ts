import type { ClientGuard } from '@wildcast/contract'
import type { RelayLink } from './connection/relay-link.js'
import type { PublishPorts } from './publishing/publish.js'
import type { RequestPorts } from './requests/request.js'
import type { ListenPorts } from './subscriptions/listen.js'

/** The parts of the client that the methods of a scope use. */
export interface VerbPorts extends RequestPorts, ListenPorts, PublishPorts {
  readonly link: RequestPorts['link'] & Pick<RelayLink, 'aliveAt' | 'status'>
  /** Applies the contract, if the client has one. */
  readonly guard?: ClientGuard | undefined
  /** Reports an error of the app to `onError`. */
  report(cause: unknown): void
}
