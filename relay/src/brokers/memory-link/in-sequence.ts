import type { TakeFrame } from './frames.js'

/** Passes frames on in order, and can hold them. */
export interface InSequence {
  readonly take: TakeFrame
  /** Holds later frames until the promises that this frame settles have run their reactions. */
  hold(): void
}

/**
 * Returns a gate for frames. A confirmed subscription must be recorded before its first message is
 * delivered, which may be in the same chunk.
 */
export function inSequence(pass: TakeFrame): InSequence {
  let held: Parameters<TakeFrame>[] | undefined

  const take: TakeFrame = (...frame) => {
    if (held) held.push(frame)
    else pass(...frame)
  }

  function release(): void {
    const frames = held ?? []
    held = undefined
    for (const frame of frames) take(...frame) // a frame may hold the next ones
  }

  return {
    take,
    hold() {
      held ??= []
      // `nextTick` from inside a promise reaction runs when no reaction is left.
      void Promise.resolve().then(() => process.nextTick(release))
    },
  }
}
