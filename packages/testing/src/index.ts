/** The relay in the process of a test: no socket, a fake clock, faults on demand. @module */

export { fakeClock, systemClock, type TestClock } from './clock.js'
export { createTestRelay } from './create-test-relay.js'
export type { PublishedMessage } from './published-message.js'
export type {
  CutOptions,
  OutsideMessage,
  TestClientOptions,
  TestContract,
  TestedAction,
  TestHistory,
  TestRelay,
  TestRelayOptions,
  TestUndo,
} from './test-relay.js'
export type { TestAuth, TestIdentity } from './test-tokens.js'
