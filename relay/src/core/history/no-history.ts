import { WildcastError } from '@wildcast/protocol'

/** No message of a subject is kept. */
export class NoHistory extends WildcastError {
  /** Returns an error that a broker has no history of a subject for; any other one as it is. */
  static override from(cause: unknown): WildcastError {
    const error = WildcastError.from(cause)
    return error.code === 'unsupported' ? new NoHistory('unsupported', error.message) : error
  }
}
