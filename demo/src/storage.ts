type Area = 'localStorage' | 'sessionStorage'

/** Whether a value has named members. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Reads a kept object; an empty one if it is missing, damaged or forbidden. */
export function readStored(key: string, area: Area = 'localStorage'): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(window[area].getItem(key) ?? '')
    return isRecord(found) ? found : {}
  } catch {
    return {}
  }
}

/** Keeps a value. Returns whether the browser allows it: a storage may be full or forbidden. */
export function writeStored(key: string, value: object, area: Area = 'localStorage'): boolean {
  try {
    window[area].setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}
