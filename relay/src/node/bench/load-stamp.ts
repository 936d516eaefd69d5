/** The identity of a message of a bench, at the beginning of its data. */
export interface LoadStamp {
  /** When it was published, in microseconds of the clock of this machine. */
  readonly timeUs: number
  /** The number of the client that published it. */
  readonly publisher: number
  /** Its number among those of its publisher, from 0. */
  readonly sequence: number
}

/** Enough for a century, 1.6 million clients, and more messages than a bench can send. */
const digits = { timeUs: 10, publisher: 4, sequence: 8 } as const

/** Characters of a stamp. */
export const stampLength: number = digits.timeUs + digits.publisher + digits.sequence

/** Returns a text of a fixed length. */
export function stampText({ timeUs, publisher, sequence }: LoadStamp): string {
  const field = (value: number, length: number): string => value.toString(36).padStart(length, '0')
  return field(timeUs, digits.timeUs) + field(publisher, digits.publisher) + field(sequence, digits.sequence)
}

/** Reads the stamp at the beginning of a message's text. */
export function readStamp(text: string): LoadStamp {
  const publisherAt = digits.timeUs
  const sequenceAt = publisherAt + digits.publisher
  const field = (from: number, to: number): number => Number.parseInt(text.slice(from, to), 36)
  return {
    timeUs: field(0, publisherAt),
    publisher: field(publisherAt, sequenceAt),
    sequence: field(sequenceAt, stampLength),
  }
}
