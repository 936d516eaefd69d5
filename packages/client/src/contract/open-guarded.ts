import type { ReportError } from '../app/report-error.js'
import type { Engine } from '../engine.js'
import type { ClientOptions } from '../options.js'
import type { Scope } from '../scope.js'
import { openVerbs } from '../verbs.js'

/**
 * Applies the contract of a client, if it has one, to all that passes its engine. Returns a
 * function that opens the methods for one broker, or for the client's own.
 */
export function openGuarded(
  engine: Engine,
  { broker, contract, check }: ClientOptions,
  fault: ReportError,
): (name?: string) => Scope {
  // The code that checks is part of the contract, so that pages without one do not load it.
  const guard = contract?.guard({ check, broker, fault })
  guard?.engine(engine)
  return (name = guard ? undefined : broker) => {
    const verbs = openVerbs(engine, name)
    return guard ? guard.verbs(verbs, name) : verbs
  }
}
