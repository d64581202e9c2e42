import { connection } from "next/server";
import { Client } from "./client";
import { trained } from "./training";

// Anew at each request, as by a server component that computes.
export default async function Page() {
  await connection();
  return (
    <>
      <pre id="server">{JSON.stringify(trained())}</pre>
      <Client />
    </>
  );
}
