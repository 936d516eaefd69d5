/** The first stop of the Tab key. A button, since the hash of the URL names the view. */
export function SkipLink() {
  return (
    <button
      type="button"
      onClick={() => document.getElementById('content')?.focus()}
      className="-translate-y-20 fixed top-2 left-2 z-10 rounded-lg bg-brand-deep px-4 py-3 font-medium text-on-brand
        text-sm focus:translate-y-0"
    >
      Skip to the content
    </button>
  )
}
