// One message protocol between the extension and the inspector page: schemas give both the types and the validation.
export {};
