//! A model of one layer, written down byte by byte: a mean of `size` by `size` pixels for each of three channels.
//!
//! An ONNX file is a protobuf message: fields, each a number with a kind and then a value. The numbers are those of `onnx.proto`.

/// The file of a model that blurs a picture `[1, 3, height, width]`; beyond the picture are zeros, as in most trained networks.
pub fn blur(size: usize, [height, width]: [usize; 2]) -> Vec<u8> {
    let shape = [1, 3, height, width];
    let graph = [
        message(1, &convolution(size)),
        text(2, "blur"),
        message(5, &weights(size)),
        message(11, &picture("picture", &shape)),
        message(12, &picture("blurred", &shape)),
    ];
    // ir_version, opset_import { version }, graph
    [number(1, 8), message(8, &number(2, 13)), message(7, &graph.concat())].concat()
}

/// A NodeProto: inputs, outputs, the operation, its attributes.
fn convolution(size: usize) -> Vec<u8> {
    let pads = [size / 2; 4];
    [text(1, "picture"), text(1, "weights"), text(2, "blurred"), text(4, "Conv"), one("group", 3), list("pads", &pads)]
        .concat()
}

/// A TensorProto of floats: a channel sees only itself, so there is one filter for each.
fn weights(size: usize) -> Vec<u8> {
    let values = vec![1.0f32 / (size * size) as f32; 3 * size * size];
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let dims = [3, 1, size, size].map(|n| number(1, n));
    [dims.concat(), number(2, FLOAT), text(8, "weights"), message(9, &bytes)].concat()
}

/// A ValueInfoProto: a name, and the type of a tensor of floats.
fn picture(name: &str, shape: &[usize]) -> Vec<u8> {
    let dims: Vec<u8> = shape.iter().flat_map(|&n| message(1, &number(1, n))).collect();
    let tensor = [number(1, FLOAT), message(2, &dims)].concat();
    [text(1, name), message(2, &message(1, &tensor))].concat()
}

/// An attribute of a node that is one integer.
fn one(name: &str, value: usize) -> Vec<u8> {
    message(5, &[text(1, name), number(3, value), number(20, 2)].concat())
}

/// An attribute of a node that is a list of integers.
fn list(name: &str, values: &[usize]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|&v| number(8, v)).collect();
    message(5, &[text(1, name), values, number(20, 7)].concat())
}

/// `TensorProto.DataType.FLOAT`.
const FLOAT: usize = 1;

fn number(field: usize, value: usize) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn text(field: usize, value: &str) -> Vec<u8> {
    message(field, value.as_bytes())
}

fn message(field: usize, value: &[u8]) -> Vec<u8> {
    [&varint(field << 3 | 2)[..], &varint(value.len()), value].concat()
}

/// Seven bits a byte, the lowest first; the eighth says that another byte follows.
fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
