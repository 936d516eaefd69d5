import type { Subject } from '@wildcast/protocol'

/** A longer run is divided: adding a subject moves at most this many others. */
const longestRun = 512

/** Subjects in the order of their text. */
export class SortedSubjects {
  /** Runs of subjects in order. None is empty. */
  readonly #runs: Subject[][] = []

  /** Adds a subject that is not there. */
  add(subject: Subject): void {
    const at = Math.max(0, this.#runAt(subject))
    const run = this.#runs[at]
    if (!run) {
      this.#runs.push([subject])
      return
    }
    run.splice(firstFrom(run, subject), 0, subject)
    if (run.length > longestRun) this.#runs.splice(at + 1, 0, run.splice(run.length >> 1))
  }

  /** Removes a subject that is there. */
  delete(subject: Subject): void {
    const at = this.#runAt(subject)
    const run = this.#runs[at]
    if (!run) return
    const index = firstFrom(run, subject)
    if (run[index] !== subject) return
    run.splice(index, 1)
    if (run.length === 0) this.#runs.splice(at, 1)
  }

  /**
   * Iterates over the subjects from `least` on, which need not be one of them. No subject may be
   * added or removed meanwhile.
   */
  *from(least: string): Generator<Subject, void> {
    let at = Math.max(0, this.#runAt(least))
    let index = firstFrom(this.#runs[at] ?? [], least)
    for (; at < this.#runs.length; at++, index = 0) {
      const run = this.#runs[at] as Subject[]
      for (; index < run.length; index++) yield run[index] as Subject
    }
  }

  /** Returns the index of the last run that begins with `text` or before it, or -1. */
  #runAt(text: string): number {
    let [low, high] = [0, this.#runs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#runs[middle]?.[0] as string) <= text) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Returns the index of the first subject that is not before `text`. */
function firstFrom(run: readonly Subject[], text: string): number {
  let [low, high] = [0, run.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((run[middle] as string) < text) low = middle + 1
    else high = middle
  }
  return low
}
