import { ulid } from 'ulid'

/** A ULID: it sorts by time, and 80 random bits from the system's own source make it unguessable. */
export const newId = (): string => ulid()
