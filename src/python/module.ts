import type { Bridge } from "./bridge.ts";

/** What `import _tidu` gives to Python: the bridge's methods. */
export function tiduModule(bridge: Bridge): object {
  return {
    version: "2.13.0",
    connect: bridge.connect.bind(bridge),
    call: bridge.call.bind(bridge),
    lookup: bridge.lookup.bind(bridge),
    names: bridge.names.bind(bridge),
    signature: bridge.signature.bind(bridge),
    release: bridge.release.bind(bridge),
    turn: bridge.turn.bind(bridge),
    getItem: bridge.getItem.bind(bridge),
    setItem: bridge.setItem.bind(bridge),
    elements: bridge.elements.bind(bridge),
    fromArray: bridge.fromArray.bind(bridge),
    openFile: bridge.openFile.bind(bridge),
    openPath: bridge.openPath.bind(bridge),
    pickleOf: bridge.pickleOf.bind(bridge),
    writeFile: bridge.writeFile.bind(bridge),
    readSafetensors: bridge.readSafetensors.bind(bridge),
    dtypeNumber: bridge.dtypeNumber.bind(bridge),
    newGenerator: bridge.newGenerator.bind(bridge),
    defaultGenerator: bridge.defaultGenerator.bind(bridge),
  };
}
