import type { Presence } from './presence.js'

/**
 * The members of a subject that a contract has. `Data` is what members are received with, `Input`
 * what this client enters with; it may be left out if `{}` fits.
 */
export interface ContractPresence<Data, Input> extends Omit<Presence<Data>, 'enter' | 'update'> {
  /** Enters, or changes the data. Rejects with `invalid_payload` if it does not fit. */
  enter(...data: Record<never, never> extends Input ? [data?: Input] : [data: Input]): Promise<void>
  /** Changes the data. */
  update(data: Input): Promise<void>
}
