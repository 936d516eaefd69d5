declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** Whether this is a development build. Bundlers replace the expression; without one there is no `process`, and nothing is said. */
export const inDevelopment: boolean = typeof process !== 'undefined' && process.env.NODE_ENV !== 'production'
