import { InvalidArgumentError } from 'commander'

/** Reads a flag that is a whole number. */
export function wholeNumberFlag(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= from && number <= to) return number
    throw new InvalidArgumentError(`Allowed: a whole number from ${from} to ${to}.`)
  }
}
