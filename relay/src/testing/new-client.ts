import { everything } from '../core/access/identity.js'
import type { NewClient } from '../gateways/dialects/dialect.js'

/** A client of a relay without authentication. */
export const newClient: NewClient = { credentials: { headers: {} }, identity: everything }
