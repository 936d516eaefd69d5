import type { BrokerMessage, Failure } from '@wildcast/protocol'
import type { CheckedOutput } from '../../components/read-outputs.js'
import type { PlaceOfError } from '../place-of-error.js'

/** What a thread is started with. */
export interface ThreadStart {
  readonly id: string
  readonly broker: string
  /** The component's subscription, for what its wildcards stand for. */
  readonly pattern: string
  /** Absolute. */
  readonly source: string
  readonly config: Readonly<Record<string, string>>
}

/** What the relay says to a component's thread. */
export type ToThread =
  | { readonly kind: 'run'; readonly run: number; readonly message: BrokerMessage }
  /** Nobody waits for it any more. */
  | { readonly kind: 'abort'; readonly run: number }
  | { readonly kind: 'ping' }

/** What the thread says. */
export type FromThread =
  | { readonly kind: 'ready' }
  /** Its module could not be loaded. */
  | { readonly kind: 'useless'; readonly why: string; readonly place: PlaceOfError | undefined }
  | { readonly kind: 'done'; readonly run: number; readonly outputs: readonly CheckedOutput[] }
  | {
      readonly kind: 'failed'
      readonly run: number
      readonly error: Failure
      readonly outputs: readonly CheckedOutput[]
    }
  | { readonly kind: 'pong' }
