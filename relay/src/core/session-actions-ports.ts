import type { AccessPorts } from './access/access.js'
import type { FitChecks } from './contract/fit-checks.js'
import type { Hub } from './hub.js'
import type { SessionLimits } from './limits.js'
import type { Observer } from './observer.js'
import type { RelayRates } from './session-rates.js'

export interface SessionActionsPorts {
  readonly hub: Hub
  readonly limits: SessionLimits
  readonly access: AccessPorts
  readonly rates: RelayRates
  readonly observer: Pick<Observer, 'refused'>
  /** Checks what clients publish. @default everything fits */
  readonly contract?: FitChecks | undefined
  /** Returns a new name. */
  readonly newName: () => string
  /** The only broker that a session may use, if its endpoint is limited to one. */
  readonly only?: string | undefined
}
