import type { ConfigEnvironment } from '../config-environment.js'

/** The facts that a schema needs besides the value. */
export interface Context extends Pick<ConfigEnvironment, 'resolve' | 'isFolder' | 'isFile'> {
  /**
   * The names of all brokers, so that references can be checked even if other parts are invalid.
   */
  readonly brokers: readonly string[]
  /** The names that namespaces give to brokers, which rules may name, too. */
  readonly namesInNamespaces: readonly string[]
}
