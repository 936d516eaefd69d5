import type { TakeFrame } from './frames.js'

/** Frames on their way, one after the other. */
export interface InSequence {
  readonly take: TakeFrame
  /**
   * Holds the frames behind this one until all has happened that follows from it by settled
   * promises.
   */
  hold(): void
}

/**
 * Passes frames on. Whoever is told that a subscription is there must have taken note of that
 * before its first message comes, which may be in the same chunk.
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
    for (const frame of frames) take(...frame) // one of them may hold the others again
  }

  return {
    take,
    hold() {
      held ??= []
      // What is put off to a tick from inside a promise runs when no promise is left that has
      // settled.
      void Promise.resolve().then(() => process.nextTick(release))
    },
  }
}
