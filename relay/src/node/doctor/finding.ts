/** How bad a finding is. Only errors make `wildcast doctor` exit with 1. */
export type FindingLevel = 'ok' | 'note' | 'warning' | 'error'

/** The areas that `wildcast doctor` looks at. */
export type FindingArea = 'versions' | 'configuration' | 'security' | 'ports' | 'brokers' | 'clock' | 'system'

/** A finding of `wildcast doctor`. */
export interface Finding {
  readonly area: FindingArea
  readonly level: FindingLevel
  /** One sentence. It never contains a secret. */
  readonly message: string
  /** How to change it. Each warning and error has one. */
  readonly remedy?: string
}

/** Finds what is as it should be. */
export const ok = (area: FindingArea, message: string): Finding => ({ area, level: 'ok', message })

/** Finds something that an operator should know. */
export const noted = (area: FindingArea, message: string, remedy?: string): Finding => ({
  area,
  level: 'note',
  message,
  ...(remedy !== undefined && { remedy }),
})

/** Finds what will harm at times, such as under load. */
export const warning = (area: FindingArea, message: string, remedy: string): Finding => ({
  area,
  level: 'warning',
  message,
  remedy,
})

/** Finds what keeps a relay from working. */
export const failure = (area: FindingArea, message: string, remedy: string): Finding => ({
  area,
  level: 'error',
  message,
  remedy,
})
