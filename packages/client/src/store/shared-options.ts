import type { JsonValue } from '@wildcast/protocol/client'
import type { PolicyOptions } from '../subscriptions/policy.js'
import type { WhenHidden } from './page-hidden.js'

/** The options that distinguish subscriptions to one pattern. All others are local to a hook. */
export interface SharedOptions extends PolicyOptions {
  readonly broker?: string | undefined
  readonly group?: string | undefined
  /** Receives only messages that contain this JSON. @default every message */
  readonly filter?: JsonValue | undefined
  /**
   * While the page is hidden: `latest` renders nothing, calls no `onEvent`, and has only the newest
   * message of each subject when it is shown again; `pause` unsubscribes. When it is shown again,
   * messages that the broker keeps follow; others are a gap.
   * @default 'same'
   */
  readonly whenHidden?: WhenHidden | undefined
}
