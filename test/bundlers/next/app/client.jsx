"use client";
import { useEffect, useState } from "react";
import { trained } from "./training";

export function Client() {
  const [result, setResult] = useState(null);
  useEffect(() => setResult(trained()), []);
  useEffect(() => {
    if (result !== null)
      globalThis.result = { server: JSON.parse(document.querySelector("#server").textContent), client: result };
  }, [result]);
  return <p>{result === null ? "training" : `loss ${result.losses.at(-1)}`}</p>;
}
