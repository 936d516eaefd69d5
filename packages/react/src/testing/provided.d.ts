import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The major version of React that the project runs on. */
    readonly react: string
  }
}
