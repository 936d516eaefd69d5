/** Lets so many at a time through, in the order in which they came. */
export interface Window {
  /** Runs now, or once others have left. */
  enter(run: () => void): void
  leave(): void
}

export function window(places: number): Window {
  let inside = 0
  let waiting: (() => void)[] = []
  let next = 0
  return {
    enter(run) {
      if (inside >= places) {
        waiting.push(run)
        return
      }
      inside++
      run()
    },
    leave() {
      const run = waiting[next++]
      if (!run) {
        inside--
        waiting = []
        next = 0
        return
      }
      run()
    },
  }
}
