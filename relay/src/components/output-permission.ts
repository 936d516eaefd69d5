import { type BrokerMessage, isClosed, isDerived, WildcastError } from '@wildcast/protocol'
import { Grants, type RuleSource } from '../core/access/grants.js'
import { answerSubject, type Routed } from './route.js'

/**
 * Returns a check of a component's outputs against the rules of its role. An answer on a subject
 * that only a relay or a broker can have made needs no rule, as for clients.
 * @param role - absent: every output is allowed
 */
export function outputPermission(role: RuleSource | undefined): (output: Routed, trigger: BrokerMessage) => void {
  if (!role) return () => {}
  const grants = new Grants([role], {})
  return ({ broker, message: { subject } }, trigger) => {
    if (subject === answerSubject(trigger) && (isClosed(subject) || isDerived(subject))) return
    const verdict = grants.decide({ kind: 'publish', subject, broker })
    if (!verdict.allowed) throw new WildcastError('forbidden', `its output on "${subject}" was refused: ${verdict.why}`)
  }
}
