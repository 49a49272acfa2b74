// Makes a container in Azurite, whose account and key are known to everybody: `node create_container.mjs ENDPOINT CONTAINER`.
import { createHmac } from "node:crypto";
import { request } from "node:http";

const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const [endpoint, container] = process.argv.slice(2);
const url = new URL(`${endpoint}/${container}?restype=container`);
const date = new Date().toUTCString();
const version = "2021-12-02";
// The path has the account twice: once as the emulator's own, once in what is signed.
const signed = [
  "PUT", "", "", "", "", "", "", "", "", "", "", "",
  `x-ms-date:${date}`, `x-ms-version:${version}`, `/${ACCOUNT}${url.pathname}`, "restype:container",
].join("\n");
const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(signed, "utf8").digest("base64");
const headers = {
  "x-ms-date": date,
  "x-ms-version": version,
  "content-length": "0",
  authorization: `SharedKey ${ACCOUNT}:${signature}`,
};
request(url, { method: "PUT", headers }, (answer) => {
  answer.resume();
  console.log(answer.statusCode);
  process.exitCode = answer.statusCode === 201 ? 0 : 1;
}).end();
