export default function Page() {
  return (
    <form action="/sign-in/session" method="post">
      <input aria-label="Name" name="name" />
      <button type="submit">Sign in</button>
    </form>
  )
}
