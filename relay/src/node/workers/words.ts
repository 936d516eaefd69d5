import type { Part } from '../../core/part.js'
import type { Figures } from '../metrics.js'

/** What the primary says to a process of the crew. */
export type ToMember<Task = unknown> =
  | { readonly kind: 'begin'; readonly task: Task }
  /** Bears a socket: a client has come to one of the endpoints. It is answered by `taken`. */
  | { readonly kind: 'connection'; readonly endpoint: number; readonly number: number }
  /** Asks for what this one has counted. */
  | { readonly kind: 'count' }
  /** Answers `sum`: the figures of all. */
  | { readonly kind: 'summed'; readonly figures: readonly Figures[] }
  /** Asks how its components and bridges are. It is answered by `reported`. */
  | { readonly kind: 'report'; readonly number: number }
  /** Loads the modules of its components again. It is answered by `reloaded`. */
  | { readonly kind: 'reload'; readonly number: number }
  /** Answers `inquire`. */
  | { readonly kind: 'informed'; readonly parts: readonly Part[] }
  /** Ends in good order. */
  | { readonly kind: 'end' }

/** What the primary hears from it. */
export type FromMember =
  /** It has begun. The id of its relay comes along, where it is one. */
  | { readonly kind: 'ready'; readonly relay?: string }
  /** It can't begin: with the code of a `WildcastError`, where it was one. */
  | { readonly kind: 'failed'; readonly code?: string; readonly message: string }
  /** A connection with this number is its own from now on. */
  | { readonly kind: 'taken'; readonly number: number }
  | { readonly kind: 'counted'; readonly figures: Figures }
  | { readonly kind: 'sum' }
  | { readonly kind: 'reported'; readonly number: number; readonly parts: readonly Part[] }
  /** With the reason if a module can't be loaded. */
  | { readonly kind: 'reloaded'; readonly number: number; readonly failure?: string }
  /** Asks how the components and bridges of another process are. Answers come in order. */
  | { readonly kind: 'inquire' }
