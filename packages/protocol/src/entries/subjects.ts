/** Checks, normalises and matches subjects and patterns. @module */
export { capture } from '../capture.js'
export { covers } from '../covers.js'
export { intersecting, intersects } from '../intersect.js'
export { limits } from '../limits.js'
export { matches } from '../match.js'
export type { Params } from '../params.js'
export { segmentOf } from '../segment-of.js'
export {
  isClosed,
  isDerived,
  isExact,
  isReserved,
  type Pattern,
  parsePattern,
  parseSubject,
  type Subject,
} from '../subject.js'
export { isPattern, isSubject } from '../subject-form.js'
export { SubjectTree } from '../subject-tree.js'
