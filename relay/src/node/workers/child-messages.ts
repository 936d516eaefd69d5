import type { Part } from '../../core/part.js'
import type { Answer, Query } from '../admin/queries.js'
import type { Figures } from '../metrics.js'

/** Messages of the primary to one of its processes. */
export type ToChild<Task = unknown> =
  | { readonly kind: 'begin'; readonly task: Task }
  /** Carries the socket of a client that came to one of the endpoints. Answered by `taken`. */
  | { readonly kind: 'connection'; readonly endpoint: number; readonly number: number }
  /** Requests the figures of this process. Answered by `counted`. */
  | { readonly kind: 'count' }
  /** Answers `sum` with the figures of all relays. */
  | { readonly kind: 'summed'; readonly figures: readonly Figures[] }
  /** Requests the state of its components and bridges. Answered by `reported`. */
  | { readonly kind: 'report'; readonly number: number }
  /** Reloads the modules of its components. Answered by `reloaded`. */
  | { readonly kind: 'reload'; readonly number: number }
  /** A query of an operator, for this process alone. Answered by `answered`. */
  | { readonly kind: 'query'; readonly number: number; readonly query: Query }
  /** Answers `ask` with the answers of all relays. */
  | { readonly kind: 'answers'; readonly number: number; readonly answers: readonly Answer[] }
  /** Answers `inquire`. */
  | { readonly kind: 'informed'; readonly parts: readonly Part[] }
  /** Closes it in good order. */
  | { readonly kind: 'end' }

/** Messages of such a process to the primary. */
export type FromChild =
  /** It has started. Contains the id of its relay, if it is one. */
  | { readonly kind: 'ready'; readonly relay?: string }
  /** It can't start. Contains the code of a `WildcastError`, if it was one. */
  | { readonly kind: 'failed'; readonly code?: string; readonly message: string }
  /** It now owns the connection with this number. */
  | { readonly kind: 'taken'; readonly number: number }
  | { readonly kind: 'counted'; readonly figures: Figures }
  | { readonly kind: 'sum' }
  | { readonly kind: 'reported'; readonly number: number; readonly parts: readonly Part[] }
  /** Contains the reason if a module can't be loaded. */
  | { readonly kind: 'reloaded'; readonly number: number; readonly failure?: string }
  /** A query of an operator, for all relays. */
  | { readonly kind: 'ask'; readonly number: number; readonly query: Query }
  | { readonly kind: 'answered'; readonly number: number; readonly answer: Answer }
  /** Requests the state of the components and bridges in another process. Answers come in order. */
  | { readonly kind: 'inquire' }
