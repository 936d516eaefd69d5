import type { ConfigEnvironment } from '../outside.js'

/** What a schema must know beyond the value that it reads. */
export interface Context extends Pick<ConfigEnvironment, 'resolve' | 'isFolder' | 'isFile'> {
  /**
   * The names of all brokers, so that a reference to one can be checked however wrong the rest is.
   */
  readonly brokers: readonly string[]
}
