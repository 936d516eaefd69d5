import { Component, type ReactNode, Suspense } from 'react'

/** Shows the code of an error that its children throw. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render(): ReactNode {
    const { error } = this.state
    return error ? `refused ${'code' in error ? error.code : error.message}` : this.props.children
  }
}

/** Shows `waiting` while its children suspend, and `refused <code>` if they throw. */
export const suspended = (children: ReactNode): ReactNode => (
  <Boundary>
    <Suspense fallback="waiting">{children}</Suspense>
  </Boundary>
)
