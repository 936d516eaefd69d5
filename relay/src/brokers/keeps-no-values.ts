import type { Features } from '../core/broker.js'

/** The features that need a store, for a broker without one. */
type ValueFeatures = Pick<Features, 'retained' | 'conditional' | 'ttl' | 'presence'>

/** Returns the features of a broker that keeps no values. */
export function keepsNoValues(reason: string): ValueFeatures {
  return { retained: reason, conditional: reason, ttl: reason, presence: reason }
}
