import * as react from 'react'
import type { TestRelay } from '../test-relay.js'
import { nextPaint } from './clock.js'

/** React reads it when it warns of updates outside of `act`. */
const scope: typeof globalThis & { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined } = globalThis

/** A render has effects, which send frames, whose answers are rendered. */
const rounds = 2

/** Runs in React's `act`: when it resolves, all renders and effects are over. */
export async function acting(run: () => unknown): Promise<void> {
  const before = scope.IS_REACT_ACT_ENVIRONMENT
  scope.IS_REACT_ACT_ENVIRONMENT = true
  try {
    await react.act(async () => {
      await run()
    })
  } finally {
    scope.IS_REACT_ACT_ENVIRONMENT = before
  }
}

/**
 * Lets time pass, and waits until all messages have arrived and the hooks have rendered them. It
 * may be called anywhere: it uses React's `act`.
 * @param ms - how long the clock of the relay advances first, in milliseconds
 */
export async function flushRelay(relay: TestRelay, ms = 0): Promise<void> {
  if (ms > 0) await acting(() => relay.clock.advance(ms))
  for (let round = 0; round < rounds; round++)
    await acting(async () => {
      await relay.settled()
      await nextPaint()
    })
}
