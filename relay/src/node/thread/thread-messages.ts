import type { BrokerMessage, Failure } from '@wildcast/protocol'
import type { CheckedOutput } from '../../components/read-outputs.js'
import type { ThreadLoader } from '../modules.js'
import type { PlaceOfError } from '../place-of-error.js'

/** The data that a thread starts with. */
export interface ThreadStart {
  readonly id: string
  readonly broker: string
  /** The component's subscription, to resolve its wildcards. */
  readonly pattern: string
  /** Absolute. */
  readonly source: string
  readonly config: Readonly<Record<string, string>>
}

/** The data of a thread, with the loader of its module. */
export interface ThreadData extends ThreadStart {
  readonly loader?: ThreadLoader | undefined
}

/** Messages of the relay to a component's thread. */
export type ToThread =
  | { readonly kind: 'run'; readonly run: number; readonly message: BrokerMessage }
  /** Its time is over. */
  | { readonly kind: 'abort'; readonly run: number }
  | { readonly kind: 'ping' }

/** Messages of the thread to the relay. */
export type FromThread =
  | { readonly kind: 'ready' }
  /** Its module could not be loaded. */
  | { readonly kind: 'load-failed'; readonly why: string; readonly place: PlaceOfError | undefined }
  | { readonly kind: 'done'; readonly run: number; readonly outputs: readonly CheckedOutput[] }
  | {
      readonly kind: 'failed'
      readonly run: number
      readonly error: Failure
      readonly outputs: readonly CheckedOutput[]
    }
  | { readonly kind: 'pong' }
