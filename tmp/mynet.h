
#include <eml_net.h>
static const float mynet_layer_0_biases[4] = { -2.579630f, -0.823425f, -2.556470f, -1.341212f };
static const float mynet_layer_0_weights[16] = { -0.355347f, 0.005728f, -0.380655f, -0.032462f, -0.682504f, -0.707659f, -0.483002f, -0.917579f, 1.091051f, 0.486486f, 1.004754f, 0.707282f, 2.187201f, 0.977164f, 2.021112f, 1.426222f };
static const float mynet_layer_1_biases[3] = { 0.565840f, 5.855432f, -8.106121f };
static const float mynet_layer_1_weights[12] = { -1.477993f, -0.551581f, 2.029664f, -0.771487f, -0.072739f, 0.844222f, -1.365210f, -0.493838f, 1.859067f, -1.123379f, -0.102464f, 1.225870f };
static float mynet_buf1[4];
static float mynet_buf2[4];
static const EmlNetLayer mynet_layers[2] = { 
{ 4, 4, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationIdentity }, 
{ 3, 4, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationSoftmax } };
static EmlNet mynet = { 2, mynet_layers, mynet_buf1, mynet_buf2, 4 };

    int32_t
    mynet_predict(const float *features, int32_t n_features)
    {
        return eml_net_predict(&mynet, features, n_features);
    }
    

    int32_t
    mynet_regress(const float *features, int32_t n_features, float *out, int32_t out_length)
    {
        return eml_net_regress(&mynet, features, n_features, out, out_length);
    }
    

    float
    mynet_regress1(const float *features, int32_t n_features)
    {
        return eml_net_regress1(&mynet, features, n_features);
    }
    